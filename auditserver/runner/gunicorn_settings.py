"""How gunicorn serves: `gunicorn --config python:auditserver.runner.gunicorn_settings auditserver.wsgi`."""

from auditserver.env import env

workers = env.int("WEB_WORKERS", default=2)
worker_class = "gthread"
threads = env.int("WEB_THREADS", default=4)
# Loaded once and shared by the workers: starts faster, needs less memory.
preload_app = True
timeout = 60
graceful_timeout = 8
keepalive = 5
loglevel = "warning"
# Its control socket would lie outside our folder; signals are enough.
control_socket_disable = True
# Some proxies forward the name in which a thing is trusted with an underscore: never merge the two.
forwarded_allow_ips = env.str("FORWARDED_ALLOW_IPS", default="127.0.0.1,::1")
