import time, headway

with headway.job("import", heartbeat_timeout_seconds=60) as job:
    # A sign of life is sent for as long as the work says something within ten minutes.
    time.sleep(1)
