// Runs on every Node there is: it only looks at the version, and says in one sentence what to do.
const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `This needs Node 24 or newer and this is Node ${process.versions.node}: run it as npx -y -p node@24 -c "YOUR COMMAND", or install Node 24 from https://nodejs.org.`,
  );
  process.exit(1);
}
