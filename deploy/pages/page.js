/*
 * What these pages do when they can: read the heading aloud, tell the window
 * that opened them how it went, and offer to close. Without this they are
 * plain text and links, and still enough.
 *
 * What calendlyd does for them:
 *  - it sends the browser here with ?calendly_result=&session_id= and, while
 *    the session can be used again, &retry=1. Nothing in the address is secret:
 *    a session_id only names, and the host app asks calendlyd's API for the
 *    truth about it;
 *  - visiting a session sets the cookie `calendlyd_retry` (Secure, HttpOnly,
 *    SameSite=Lax, Path=/connect, as long-lived as the session), from which
 *    GET /connect/again goes on to the session once more (without it to
 *    expired.html), and GET /connect/back to the app: to return_url, else the
 *    frontend URL, else close.html.
 *
 * In a popup the opener gets
 *	{source: "calendlyd", session_id: string or null, result: string}
 * where result is connected, reconnected, switched, denied, wrong_account,
 * error or expired. It goes to any origin, for this page can't know which is
 * the app's; that is why there is nothing secret in it. The receiver checks
 * event.origin (calendlyd's) and then asks the API.
 */
"use strict";

(function () {
	const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
	const query = new URLSearchParams(location.search);

	/* Which page it is says how it went; only a success comes in kinds. */
	const own = document.body.dataset.result;
	const asked = query.get("calendly_result");
	const result = own === "connected" &&
	    ["reconnected", "switched"].includes(asked) ? asked : own;

	const id = query.get("session_id");
	const session = UUID.test(id) ? id : null;

	function show(element) {
		if (element !== null)
			element.hidden = false;
	}

	/* In a popup there is no app to go back to: it is in the other window. */
	function beAPopup() {
		if (result !== "")
			window.opener.postMessage({source: "calendlyd",
			    session_id: session, result: result}, "*");
		for (const back of document.querySelectorAll(
		    "a[href='/connect/back']"))
			back.hidden = true;
		const close = document.getElementById("close");
		if (document.querySelector(".actions > .button:not([hidden])"))
			close.className = "quiet";
		close.addEventListener("click", function () {
			window.close();
		});
		show(close);
	}

	function giveReference() {
		const note = document.getElementById("reference");
		if (note === null || session === null)
			return;
		note.querySelector("code").textContent = session;
		show(note);
	}

	/* With a second try to offer, going back is the second choice. */
	function offerRetry() {
		const again = document.getElementById("again");
		if (again === null || query.get("retry") !== "1")
			return;
		show(again);
		again.nextElementSibling.className = "quiet";
	}

	giveReference();
	offerRetry();
	if (window.opener !== null && window.opener !== window)
		beAPopup();
	document.querySelector("h1").focus();
})();
