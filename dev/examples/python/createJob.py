import headway

with headway.job("import", total=3, name="Prices", tags=["nightly"]) as job:
    for row in job.track(["a", "b", "c"]):
        print(row)
