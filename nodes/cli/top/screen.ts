/** What a terminal is for a screen that changes in place. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** All of a terminal, for as long as a command shows itself there. */
export interface Screen {
  /** Shows these lines instead of the last ones, in one write, so that nothing flickers. */
  show(lines: readonly string[]): void;
  /** Gives the terminal back as it was, with its cursor. */
  end(): void;
}

// xterm's control sequences, which every terminal of today knows.
const [enter, leave] = ["\u001b[?1049h\u001b[?25l", "\u001b[?25h\u001b[?1049l"];
const [home, restOfLine, restOfScreen] = ["\u001b[H", "\u001b[K", "\u001b[J"];

export function openScreen(terminal: Terminal): Screen {
  terminal.write(enter);
  let open = true;
  return {
    show(lines) {
      if (open) terminal.write(home + lines.map((line) => line + restOfLine).join("\r\n") + restOfScreen);
    },
    end() {
      if (open) terminal.write(leave);
      open = false;
    },
  };
}
