"""What the school's finance staff need all day, and the files they take with them. Reads many rooms, owns no table."""
