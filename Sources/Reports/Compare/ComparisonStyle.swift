/// How a comparison looks. Colours are never alone: every cell says in words what it means.
enum ComparisonStyle {
    static let sheet = """
        :root {
          color-scheme: light dark;
          --page: #fbfaf7; --ink: #1d1d1f; --soft: #5d5d63; --line: #d9d6cf; --card: #fff;
          --held: #e3f1e5; --held-ink: #1d5a2b; --flawed: #fbeec4; --flawed-ink: #6b4b00;
          --harm1: #fbdcd3; --harm2: #f3ac9c; --harm3: #d9614c; --harm-ink: #6d1508; --harm3-ink: #fff; --none: #eeece7;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #17181a; --ink: #ececec; --soft: #a6a6ad; --line: #3a3b3f; --card: #1f2023;
            --held: #1d3524; --held-ink: #a9dcb5; --flawed: #463a12; --flawed-ink: #f3d98b;
            --harm1: #47231c; --harm2: #6d2c20; --harm3: #a83a28; --harm-ink: #ffc9bd; --harm3-ink: #fff; --none: #26272a;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 110rem; background: var(--page); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .75rem; }
        h2 { font-size: 1.3rem; margin: 2.5rem 0 .25rem; }
        h3 { font-size: 1.1rem; margin: 2rem 0 0; }
        header p { max-width: 60rem; margin: .4rem 0; }
        .hint { color: var(--soft); margin: 0 0 .75rem; }
        a { color: inherit; }
        code { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; background: var(--none); padding: .1em .35em;
          border-radius: 3px; overflow-wrap: anywhere; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 2rem; padding: 0; margin: 1.5rem 0 .5rem; }
        .swatch { display: inline-block; padding: .05rem .5rem; border-radius: 4px; font-weight: 600; margin-right: .25rem; }
        .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
        table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .82rem; line-height: 1.3; }
        th, td { border: 1px solid var(--line); padding: .4rem .45rem; text-align: left; vertical-align: top; }
        thead th { vertical-align: bottom; background: var(--card); }
        .names { width: 14rem; }
        thead th a { text-decoration: none; }
        .groups th { text-align: center; border-bottom: 0; font-size: .9rem; }
        .groups td, .corner { border-right: 1px solid var(--line); }
        .corner, .groups td { color: var(--soft); font-weight: 400; }
        tbody th { position: sticky; left: 0; background: var(--card); font-size: .92rem; }
        tbody th small { display: block; font-weight: 400; color: var(--soft); font-size: .78rem; }
        td a { display: block; text-decoration: none; }
        td b { display: block; font-size: 1.1rem; }
        td span { display: block; }
        td .more { opacity: .75; }
        td small { display: block; font-size: .75rem; margin-top: .2rem; }
        tfoot th, tfoot td { border-top: 3px double var(--line); }
        td a:hover b { text-decoration: underline; }
        .held { background: var(--held); color: var(--held-ink); }
        .flawed { background: var(--flawed); color: var(--flawed-ink); }
        .flawed b { font-size: .95rem; }
        .s1 { background: var(--harm1); color: var(--harm-ink); }
        .s2 { background: var(--harm2); color: var(--harm-ink); }
        .s3 { background: var(--harm3); color: var(--harm3-ink); }
        .none { background: var(--none); color: var(--soft); }
        .lists { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 3rem; }
        dl { margin: 0; }
        dt { font-weight: 600; }
        dd { margin: 0 0 .6rem; }
        dt.part, dd.part { margin-left: 1.2rem; }
        article { border-left: 3px solid var(--line); padding: .1rem 0 .1rem 1rem; margin: 1rem 0; max-width: 80rem; }
        article:target { border-color: currentColor; background: var(--card); }
        article h4 { margin: 0 0 .25rem; font-size: 1rem; }
        article p { margin: .2rem 0; }
        .line span { color: var(--soft); display: inline-block; min-width: 4.2rem; }
        @media print { .scroll { overflow: visible; } }
        """
}
