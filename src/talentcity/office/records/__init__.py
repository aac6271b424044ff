"""People, employers, postings, vacancies, sessions, and what guard said of the postings."""
