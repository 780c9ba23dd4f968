"""/operator: what there is for whoever has signed in."""

from nicegui import ui

from bot.operators.ui.shell import Me, Shell


def install(shell: Shell) -> None:
    """/operator itself."""

    @shell.page("/", "首页", icon="home")
    async def home(me: Me) -> None:
        ui.label(f"{me.person.name}，您好。").classes("title")
        for place in shell.places[1:]:
            if me.may(place.role):
                ui.link(place.title, place.path)
