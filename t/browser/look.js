/*
 * What cannot be seen, read or reached on this page: a list of sentences, of
 * which there should be none. The body of a function that returns it.
 */
"use strict";

const faults = [];
const width = document.documentElement.clientWidth;

function name(element) {
	return element.localName + " \"" +
	    element.textContent.trim().slice(0, 40) + "\"";
}

function visible(element) {
	return element.checkVisibility({visibilityProperty: true,
	    opacityProperty: true});
}

/* The elements that hold text themselves, not only in what is in them. */
function withText() {
	const own = node => node.nodeType === Node.TEXT_NODE &&
	    node.data.trim() !== "";
	return [...document.body.querySelectorAll("*")].filter(element =>
	    visible(element) && [...element.childNodes].some(own));
}

/* Its words, line by line, where they are painted. */
function lines(element) {
	const range = document.createRange();
	range.selectNodeContents(element);
	return [...range.getClientRects()].filter(r => r.width > 0);
}

function clips(element) {
	return getComputedStyle(element).overflow !== "visible" &&
	    (element.scrollWidth > element.clientWidth + 1 ||
	    element.scrollHeight > element.clientHeight + 1);
}

/* Inside its own box and the window, and nothing lies over it. */
function lookAt(element) {
	element.scrollIntoView({block: "center"});
	const box = element.getBoundingClientRect();
	const inline = getComputedStyle(element).display === "inline";

	for (const line of lines(element)) {
		if (line.left < -0.5 || line.right > width + 0.5)
			faults.push(name(element) + " leaves the window");
		if (!inline && (line.left < box.left - 1 ||
		    line.right > box.right + 1 || line.top < box.top - 1 ||
		    line.bottom > box.bottom + 1))
			faults.push(name(element) + " leaves its box");
		const on = document.elementFromPoint(
		    line.left + line.width / 2, line.top + line.height / 2);
		if (on !== null && !element.contains(on) &&
		    !on.contains(element))
			faults.push(name(element) + " is covered by " +
			    name(on));
	}
	for (let e = element; e !== document.documentElement;
	    e = e.parentElement)
		if (clips(e))
			faults.push(name(element) + " is cut off");
}

function canBeHit(control) {
	const box = control.getBoundingClientRect();

	if (box.height < 44 || box.width < 44)
		faults.push(name(control) + " is too small for a thumb: " +
		    box.width + " x " + box.height);
}

if (document.documentElement.scrollWidth > width)
	faults.push("the page is " + document.documentElement.scrollWidth +
	    " wide, the window " + width);
withText().forEach(lookAt);
[...document.querySelectorAll(".actions > *")].filter(visible)
    .forEach(canBeHit);
scrollTo(0, 0);
return faults;
