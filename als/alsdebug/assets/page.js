// Adds a live update and keys to the page, which works without: l turns the update on
// and off, / goes to the filter, j and k go down and up the goroutines, and Enter follows
// the one that has the focus.
"use strict";
(() => {
	const period = 2000; // milliseconds between the end of an update and the next
	const live = document.getElementById("live");
	const filter = document.getElementById("filter");
	let timer = 0;
	live.hidden = false;

	// update replaces the page's content with the server's current one. The focus stays on
	// its link or button if that is still there.
	async function update() {
		try {
			const answer = await fetch(location.href, {headers: {Accept: "text/html"}, cache: "no-store"});
			if (answer.ok) {
				const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
				const focus = document.activeElement;
				const main = document.getElementById("main");
				const inside = main.contains(focus);
				const same = inside && focus.matches("a")
					? [...fresh.querySelectorAll("#main a")].find((a) => a.getAttribute("href") === focus.getAttribute("href") && a.className === focus.className)
					: inside && focus.name ? [...fresh.querySelectorAll("#main button")].find((b) => b.value === focus.value) : null;
				const next = document.adoptNode(fresh.getElementById("main"));
				main.replaceWith(next);
				if (same) same.focus({preventScroll: true});
			}
			document.body.dataset.updates = Number(document.body.dataset.updates || 0) + 1;
		} catch {
			// The program may be busy or gone. The next update tries again.
		}
		if (isLive()) timer = setTimeout(update, period);
	}

	const isLive = () => live.getAttribute("aria-pressed") === "true";

	function toggle() {
		clearTimeout(timer);
		live.setAttribute("aria-pressed", String(!isLive()));
		if (isLive()) update();
	}
	live.addEventListener("click", toggle);

	function move(by) {
		const rows = [...document.querySelectorAll("a.follow")];
		if (rows.length === 0) return;
		const at = rows.indexOf(document.activeElement);
		rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
	}

	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input, textarea, select")) return;
		const keys = {l: toggle, j: () => move(1), k: () => move(-1), "/": () => filter && filter.focus()};
		if (!keys[e.key]) return;
		e.preventDefault();
		keys[e.key]();
	});
})();
