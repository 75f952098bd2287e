import headway

with headway.job("import", total=200) as job:
    job.stage("loading")
    job.update(40)
    job.error("No price", entity_key=17, error_type="price_missing")
