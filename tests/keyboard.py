"""Somebody who uses nothing but a keyboard: finds things by tabbing to them, and reads where the focus stands."""

from playwright.sync_api import Page

MOST_TABS = 250
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {tag: "", name: "", id: "", seen: true};
  const labels = one.labels ? [...one.labels].map(label => label.textContent) : [];
  const described = one.getAttribute("aria-label") || labels.join(" ") || one.textContent || one.value || "";
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return {tag: one.tagName, name: described.replace(/\\s+/g, " ").trim(), id: one.id, type: one.type || "",
          seen: marked && box.width > 0 && box.height > 0};
}"""


class Keyboard:
    """The keyboard of one page; every stop of the focus must be visible (WCAG 2.2, 2.4.7)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def to(self, name: str, tag: str = "") -> None:
        """Tab on until the focus is on what is called so; fails where that cannot be reached."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            now = self.page.evaluate(FOCUSED)
            passed.append(f"{now['tag']} {now['name'][:40]}")
            if now["tag"] and not now["seen"]:
                self.unseen.append(f"{self.page.url}: {passed[-1]}")
            if now["name"].lower().startswith(name.lower()) and (not tag or now["tag"] == tag):
                return
        raise AssertionError(f"no way by keyboard to “{name}” on {self.page.url}; passed: {passed[:60]}")

    def write(self, name: str, text: str) -> None:
        """Go to a field and write into it, in place of what it held."""
        self.to(name)
        if self.page.evaluate("document.activeElement.type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{day}{month}{year}")
            self.page.evaluate("text => { document.activeElement.value = text }", text)
            return
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, name: str, tag: str = "") -> None:
        """Go to a button or link and press it, and wait for the page that follows."""
        self.to(name, tag)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, name: str, option: str) -> None:
        """Go to a select and choose an option by typing its beginning."""
        self.to(name, "SELECT")
        self.page.keyboard.type(option)

    def tick(self, name: str) -> None:
        """Go to a box or a radio button and tick it."""
        self.to(name)
        self.page.keyboard.press("Space")
