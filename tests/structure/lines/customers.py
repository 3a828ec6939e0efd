OBJECTS = {"party": lambda sample: sample.party}

LINES = []
