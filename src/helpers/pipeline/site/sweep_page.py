"""The page of a sweep: its table, with a filter for each column and sorting by a click."""

import html

# An identifier that nobody filters by, and what `text` says in words already.
HIDDEN = ("run_key", "value_json")
MOST_FAILED = 100
MOST_ROWS = 2000  # a browser takes half a minute and gigabytes for fifty thousand


def page(frame, failed: list[dict], name: str) -> str:
    """A sweep as one HTML page that needs nothing beside it.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `sweep.run` returns it.
    failed : list of dict
        Runs that failed, with their reason.
    name : str
    """
    shown = frame.drop(columns=[column for column in HIDDEN if column in frame]).head(MOST_ROWS)
    cells = [["" if cell is None or cell != cell else str(cell) for cell in row]
             for row in shown.astype(object).itertuples(index=False, name=None)]
    head = "".join(
        f'<th scope="col"><button type="button">{html.escape(column)}</button><br>'
        f'<input aria-label="Filter {html.escape(column)}" size="8"></th>' for column in shown)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                   for row in cells)
    lost = "".join(
        f"<li>{html.escape(row['scenario'])}, {html.escape(row['chapter'])}: "
        f"{html.escape(row['status'])}: {html.escape(row['reason'])}</li>"
        for row in failed[:MOST_FAILED])
    if len(failed) > MOST_FAILED:
        lost += (f'<li>and {len(failed) - MOST_FAILED:,} more, all in '
                 f'<a href="failed.json">failed.json</a></li>')
    return PAGE.format(
        name=html.escape(name), head=head, body=body, rows=f"{len(frame):,}", here=len(shown),
        bound="" if len(shown) == len(frame) else
        f" This page holds the first {len(shown):,}; the files hold all.",
        scenarios=frame["scenario"].nunique(),
        failed=f"<h2>Failed</h2><ul>{lost}</ul>" if failed else "")


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sweep {name}</title>
<style>
 body {{ font: 16px/1.45 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff; }}
 .book-table {{ overflow: auto; max-height: 90vh; }}
 table {{ border-collapse: collapse; font-size: 0.9rem; }}
 th, td {{ text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #ddd;
   vertical-align: top; }}
 th {{ position: sticky; top: 0; z-index: 2; background: #fff; }}
 :is(th, td):first-child {{ position: sticky; left: 0; z-index: 1; background: #fff; }}
 th:first-child {{ z-index: 3; }}
 th button {{ font: inherit; font-weight: 600; border: 0; background: none; padding: 0;
   cursor: pointer; color: inherit; text-decoration: underline dotted; }}
 input {{ font: inherit; width: 100%; min-width: 5rem; box-sizing: border-box; }}
 @media (prefers-color-scheme: dark) {{
   body, th, td:first-child {{ background: #14181e; color: #ced6dd; }} }}
</style>
<h1>Sweep {name}</h1>
<p>{scenarios} scenarios, <span id="shown">{here}</span> of {rows} results shown.{bound} A click on
a heading sorts, text under it filters. <a href="results.csv" download>CSV</a>,
<a href="results.parquet" download>Parquet</a>.</p>
{failed}
<div class="book-table" role="region" tabindex="0" aria-label="Results">
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>
<script>
 const body = document.querySelector("tbody"), rows = [...body.rows];
 const inputs = [...document.querySelectorAll("input")];
 const buttons = [...document.querySelectorAll("th button")];
 let order = [];
 const filter = () => {{
   let count = 0;
   for (const row of rows) {{
     const hit = inputs.every((input, i) =>
       row.cells[i].textContent.toLowerCase().includes(input.value.toLowerCase()));
     row.hidden = !hit;
     count += hit;
   }}
   document.getElementById("shown").textContent = count;
 }};
 const compare = (a, b) => {{
   const x = parseFloat(a), y = parseFloat(b);
   return isNaN(x) || isNaN(y) ? a.localeCompare(b) : x - y;
 }};
 buttons.forEach((button, i) => button.addEventListener("click", () => {{
   const sign = order[0] === i ? -order[1] : 1;
   order = [i, sign];
   buttons.forEach(each => each.parentElement.removeAttribute("aria-sort"));
   button.parentElement.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
   rows.sort((a, b) => sign * compare(a.cells[i].textContent, b.cells[i].textContent));
   body.append(...rows);
 }}));
 inputs.forEach(input => input.addEventListener("input", filter));
</script>
</html>
"""
