// The front page's own behaviour: tabs, copy, the choice of client, minting, switches.
const said = document.getElementById("said");
const tabs = [...document.querySelectorAll("[role=tab]")];
const slot = (name) => document.querySelector(`[data-slot="${name}"]`);

function show(id) {
  for (const tab of tabs) {
    const on = tab.getAttribute("aria-controls") === id;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

function fill(name, value, none) {
  const place = slot(name);
  place.textContent = value;
  place.classList.toggle("none", value === none);
  place.nextElementSibling?.toggleAttribute("hidden", value === none);
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => {
    show(tab.getAttribute("aria-controls"));
    // The panels' ids differ from the hash, so that a link to a way doesn't scroll past the heading.
    history.replaceState(null, "", `#${tab.id.replace("tab-", "")}`);
  });
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
}
const wanted = tabs.find((tab) => tab.id === `tab-${location.hash.slice(1)}`) ?? tabs[0];
show(wanted.getAttribute("aria-controls"));

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.classList.add("copied");
    said.textContent = "Copied";
    setTimeout(() => {
      button.classList.remove("copied");
      said.textContent = "";
    }, 1500);
  });
}

const NOT_MINTED = "Mint a token pair first";
function forgetTokens() {
  for (const name of ["access-token", "refresh-token"]) fill(name, NOT_MINTED, NOT_MINTED);
}

for (const radio of document.querySelectorAll("input[name=client]")) {
  radio.addEventListener("change", () => {
    fill("client-id", radio.value);
    fill("client-secret", radio.dataset.secret || "None, leave it blank", "None, leave it blank");
    fill("include", radio.dataset.include);
    // A token pair belongs to the client it was minted for.
    forgetTokens();
  });
}
// A reloaded page may remember another client than the first.
document.querySelector("input[name=client]:checked").dispatchEvent(new Event("change"));

document.getElementById("mint").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.setAttribute("aria-busy", "true");
  try {
    const client = document.querySelector("input[name=client]:checked").value;
    const answer = await fetch("/mint", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client }),
    });
    const pair = await answer.json();
    if (!answer.ok) throw new Error(pair.message);
    fill("access-token", pair.access_token);
    fill("refresh-token", pair.refresh_token);
    button.textContent = "Mint another pair";
    said.textContent = "A token pair was minted";
  } catch (error) {
    said.textContent = `No token pair was minted: ${error.message}`;
  }
  button.removeAttribute("aria-busy");
});

for (const toggle of document.querySelectorAll(".toggle")) {
  toggle.addEventListener("click", async () => {
    const { side, switch: text } = toggle.dataset;
    const current = await (await fetch("/_switches")).json();
    const name = text.split("=")[0];
    const others = current[side].filter((on) => on.split("=")[0] !== name);
    const on = toggle.getAttribute("aria-checked") !== "true";
    const answer = await fetch("/_switches", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ [side]: on ? [...others, text] : others }),
    });
    if (answer.ok) toggle.setAttribute("aria-checked", String(on));
    said.textContent = answer.ok ? `${name} is ${on ? "on" : "off"}` : "The switch did not change";
  });
}
