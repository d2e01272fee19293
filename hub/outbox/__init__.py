"""What leaves the hub by itself: notices to subscribers, and files of many dossiers."""
