// Step through an event's pictures in one place; without it they stand side by side.
"use strict";
for (const event of document.querySelectorAll(".event")) {
	const shots = [...event.querySelectorAll(".shots figure")];
	const player = event.querySelector(".player");
	if (!player || shots.length < 2)
		continue;
	const [step, back, next, play] = player.querySelectorAll("button");
	let at = -1, timer = 0;
	const show = (n) => {
		at = n < 0 ? -1 : n % shots.length;
		event.classList.toggle("stepping", at >= 0);
		shots.forEach((s, i) => { s.hidden = at >= 0 && i !== at; });
		step.textContent = at < 0 ? "In one place" : "Side by side";
		step.setAttribute("aria-pressed", String(at >= 0));
		back.hidden = next.hidden = at < 0;
	};
	const stop = () => {
		clearInterval(timer);
		timer = 0;
		play.textContent = "Play";
	};
	const first = Math.max(0, shots.findIndex((s) => s.classList.contains("here")));
	step.addEventListener("click", () => { stop(); show(at < 0 ? first : -1); });
	back.addEventListener("click", () => { stop(); show(at + shots.length - 1); });
	next.addEventListener("click", () => { stop(); show(at + 1); });
	play.addEventListener("click", () => {
		if (timer)
			return stop();
		show(at < 0 ? 0 : at);
		timer = setInterval(() => show(at + 1), 350);
		play.textContent = "Stop";
	});
	player.hidden = false;
	show(-1);
}
