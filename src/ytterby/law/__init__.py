"""What is controlled: dated law, calendars and the clock."""
