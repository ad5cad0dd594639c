package org.shadowmmu.lab.cli;

import java.io.PrintWriter;
import org.shadowmmu.lab.report.HtmlReport;
import org.shadowmmu.lab.report.TerminalTable;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;

/**
 * What a command does when results are stored: it writes the report and says what came out.
 *
 * @param folder the results
 * @param json whether it prints a JSON line per trial instead of tables
 */
record Ending(ResultFolder folder, boolean json) {
    /** Reports; returns the exit code. */
    int report(PrintWriter out) {
        StoredRun stored = StoredRun.read(folder);
        folder.write(ResultFolder.REPORT, HtmlReport.of(stored));
        if (json) {
            stored.trials().forEach(trial -> out.println(Json.text(trial)));
        } else {
            out.print(TerminalTable.of(stored));
            out.println("Report: " + folder.file(ResultFolder.REPORT));
        }
        out.flush();
        return stored.trials().stream().allMatch(TrialResult::ok) ? 0 : 1;
    }
}
