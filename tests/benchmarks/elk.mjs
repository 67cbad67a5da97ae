// Lays out graphs with elkjs: a list of {graph, options: [...]} on the standard input, on the standard output the graph
// laid out with each of the options, which are those of its one frame. The first argument is the folder that has elkjs in its node_modules.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const ELK = createRequire(`${process.argv[2]}/`)("elkjs");
const elk = new ELK();
const found = [];
for (const { graph, options } of JSON.parse(readFileSync(0, "utf8"))) {
  const tries = [];
  for (const layoutOptions of options) {
    const copy = structuredClone(graph);
    const frame = copy.children[0];
    frame.layoutOptions = { ...frame.layoutOptions, ...layoutOptions };
    tries.push(await elk.layout(copy));
  }
  found.push(tries);
}
process.stdout.write(JSON.stringify(found));
