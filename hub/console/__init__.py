"""The console: pages for operators and departments, rendered here, in Vietnamese and English."""
