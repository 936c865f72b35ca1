"""The words that seeded rows are made of."""

# fmt: off
FIRST_NAMES = [
    "Amara", "Ben", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jun", "Kofi", "Lena",
    "Mateo", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sven", "Tomoko", "Uma", "Viktor", "Wanda", "Zoe",
]
LAST_NAMES = [
    "Adeyemi", "Bauer", "Castillo", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen",
    "Kowalski", "Lindgren", "Mensah", "Nakamura", "Okafor", "Petrov", "Rossi", "Schmidt", "Tanaka", "Weber",
]
# fmt: on
SUBJECTS = ["Mathematics", "Physics", "Chemistry", "Biology", "History", "Geography", "English", "Music"]
TASKS = ["Essay", "Exercise sheet", "Experiment", "Project", "Quiz", "Reading", "Presentation", "Test"]
SENTENCES = [
    "Could you explain the second step again?",
    "I have handed it in a moment ago.",
    "Please show how you got there.",
    "That is the right idea, look at the sign once more.",
    "What would happen if we doubled the length?",
    "Compare both sources and say which one you trust.",
    "I am not sure that I understood the question.",
    "The deadline moved to Friday.",
    "Well done, only the last part is missing.",
    "Give an example of your own.",
]
TITLES = ["Introduction", "Overview", "Worked example", "Summary", "Exercises", "Background", "Video notes"]
TOPICS = ["Fractions", "Forces", "Acids", "Cells", "Treaties", "Rivers", "Tenses", "Rhythm", "Vectors", "Energy"]
