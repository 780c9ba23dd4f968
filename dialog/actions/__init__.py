"""What Rasa asks the app to do: fill the form, answer interruptions, file the ticket."""
