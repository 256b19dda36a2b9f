"""Any panel of series, without a lake: which model forecasts it best?"""
