"""Settings of the embedded server. Durability stays: fsync and synchronous_commit are on."""

EMBEDDED_SETTINGS = {
    # Only the operating-system user that owns the folder may use the socket.
    "unix_socket_permissions": "0700",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    # An import keeps the file's rows in temporary tables.
    "temp_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    # Fewer, longer checkpoints: an import writes gigabytes of log in a minute.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # A client that died must not leave its statement running, with its locks.
    "client_connection_check_interval": "2s",
    # Our statements are many and short, or long and simple: compiling them does not pay.
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
}
