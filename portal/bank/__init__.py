"""The school's bank account: what a statement says, and what each of its lines is."""
