"""The files that fill the register: units with their people, and what they owe."""
