"""The doorbell: what Celery rings and what it sets going. One line per task; every task may run beside itself."""
