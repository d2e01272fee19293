"""Reads what a WSDL offers, as loosely as is safe, and writes the part that a call needs in its simplest form."""
