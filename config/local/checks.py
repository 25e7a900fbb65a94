def run_all():
    return 0
