"""Labels, conversion and training for the description of vehicles."""
