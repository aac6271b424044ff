"""Files that planners hand in to be imported, and a report on each."""
