"""The secrets of departments' systems: named, counted, dated, set; never shown."""
