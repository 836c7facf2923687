"""The worklist of screening: what was found in whom, and what a pharmacist did about it."""
