"""Open311 GeoReport v2, both ways: what other programs read and file here, and a city's server as our remote desk.

Specification: https://wiki.open311.org/GeoReport_v2/
"""
