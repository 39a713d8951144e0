"""A browser window that is signed in, and how it may look."""

LOOKS = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


# The rules of WCAG 2.0 to 2.2, levels A and AA, and the best practices of axe-core.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page):
    """Return what axe-core finds wrong, with the elements it finds it in."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=AXE).response["violations"]
    return [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found]


class Watched:
    """A browser window that is signed in and notes what should never happen."""

    def __init__(self, browser, served, look, *, javascript=True, name="demo"):
        self.address = served.address
        self.context = browser.new_context(**LOOKS[look], java_script_enabled=javascript, locale="en-GB")
        self.page = self.context.new_page()
        self.strays: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.go("/en/sign-in/")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", served.password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: not url.endswith("/sign-in/"))

    def _note_request(self, request):
        if not request.url.startswith((self.address + "/", "data:")):
            self.strays.append(request.url)

    def _note_console(self, message):
        # The 404 page is a page like any other; that the browser notes its status is no complaint.
        if message.type in {"error", "warning"} and "404" not in message.text:
            self.complaints.append(message.text)

    def go(self, path):
        """Open a page."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response

    def overflow(self):
        """Return by how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def check(self, path, screenshot, *, status=200):
        """Open a page and hold it to be accessible, inside the window and by itself; its picture goes to a file."""
        self.strays.clear()
        self.complaints.clear()
        assert self.go(path).status == status
        self.page.screenshot(path=screenshot, full_page=True)
        assert self.overflow() <= 0
        assert violations(self.page) == []
        assert self.strays == []
        assert self.complaints == [], "the content security policy was broken, or a script failed"
