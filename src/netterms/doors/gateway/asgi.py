"""What a serving process runs: Django, the database, and the gateway before them."""

from __future__ import annotations

import atexit
import gc

from netterms.doors.gateway.app import Door
from netterms.doors.gateway.rest import Rest
from netterms.kernel.clock import SystemClock
from netterms.site.config import config
from netterms.site.wsgi import application as django_application
from netterms.store.schema import open_database

open_database()
application = Door(config().gateway, SystemClock(), Rest(django_application))
# What is loaded now stays: to look through it for rubbish would hold up every order that waits.
gc.freeze()
# At the end it may go: libraries take it for lost, and say so in the log at length.
atexit.register(gc.unfreeze)
