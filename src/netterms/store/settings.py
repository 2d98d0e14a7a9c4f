"""Settings of the embedded server. Durability stays: fsync and synchronous_commit are on."""

MIB = 2**20
# A pass over a table larger than a quarter of the shared buffers is read from the system anew each
# time, and an order touches pages all over the tables. Memory is taken only as pages come in.
LEAST_BUFFERS_MIB, MOST_BUFFERS_MIB, BUFFERS_SHARE = 128, 8192, 1 / 4


def shared_buffers(memory: int) -> str:
    """The shared buffers on a machine with `memory` bytes, as PostgreSQL writes it."""
    share = int(memory * BUFFERS_SHARE / MIB)
    return f"{min(max(share, LEAST_BUFFERS_MIB), MOST_BUFFERS_MIB)}MB"


EMBEDDED_SETTINGS = {
    # Only the operating-system user that owns the folder may use the socket.
    "unix_socket_permissions": "0700",
    "work_mem": "64MB",
    # An import keeps the file's rows in temporary tables.
    "temp_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    # Fewer, longer checkpoints: an import writes gigabytes of log in a minute.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # A new file of the log is set to its size without being written twice; what is in it is flushed
    # as ever.
    "wal_init_zero": "off",
    # While one process imports, these two write its log and its pages to disk beside it.
    "wal_buffers": "64MB",
    "wal_writer_delay": "20ms",
    "bgwriter_delay": "20ms",
    "bgwriter_lru_maxpages": "1000",
    "bgwriter_lru_multiplier": "4",
    # A client that died must not leave its statement running, with its locks.
    "client_connection_check_interval": "2s",
    # Our statements are many and short, or long and simple: compiling them does not pay.
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
}
