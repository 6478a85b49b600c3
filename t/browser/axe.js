/* All that axe-core finds, best practices too, as a list of sentences. */
"use strict";

const done = arguments[arguments.length - 1];

axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(
    found => done([...found.violations, ...found.incomplete].flatMap(rule =>
	rule.nodes.map(node => rule.id + ": " + node.target.join(" ") + ": " +
	    (node.failureSummary || rule.help)))),
    error => done(["axe-core failed: " + error]));
