"""How each language writes dates where Django's own files say it otherwise than our pages."""
