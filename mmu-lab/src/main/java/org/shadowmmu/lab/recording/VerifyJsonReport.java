package org.shadowmmu.lab.recording;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results for machines: JSON lines, one object per recording in file order and one with the totals at the end.
 *
 * <p>A recording is {@code {"type": "file", "name", "status", ...}} where {@code status} is {@code ok}, {@code differs},
 * {@code unsupported} or {@code bad-input}; {@code differs} has an object {@code difference} with the lines concerned in
 * full. The last line is {@code {"type": "total", ...}} and holds the exit code and the sentence of the text report.
 */
public final class VerifyJsonReport implements VerifyReport {
    private final JsonMapper mapper = new JsonMapper();
    private final PrintWriter out;

    /** Makes a report that is written to {@code out}. */
    public VerifyJsonReport(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void add(Verification verification) {
        if (verification instanceof Verification.Equal equal) {
            Map<String, Object> line = file(equal, "ok");
            line.put("operations", equal.operations());
            line.put("events", equal.events());
            line.put("equalEvents", equal.events());
            line.put("withinTolerance", equal.tolerated());
            print(line);
        } else if (verification instanceof Verification.Different different) {
            Map<String, Object> line = file(different, "differs");
            line.put("operations", different.operations());
            line.put("events", different.events());
            line.put("equalEvents", different.equalEvents());
            line.put("difference", different.difference());
            print(line);
        } else if (verification instanceof Verification.Unsupported unsupported) {
            Map<String, Object> line = file(unsupported, "unsupported");
            line.put("mode", unsupported.mode());
            print(line);
        } else if (verification instanceof Verification.Malformed malformed) {
            Map<String, Object> line = file(malformed, "bad-input");
            line.put("message", malformed.sentence());
            print(line);
        }
    }

    @Override
    public void end(VerifyTotals totals) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "total");
        line.put("files", totals.files());
        line.put("differentFiles", totals.different());
        line.put("badInputFiles", totals.malformed());
        line.put("leftOutFiles", totals.leftOut());
        line.put("unsupported", totals.unsupported());
        line.put("operations", totals.operations());
        line.put("events", totals.events());
        line.put("equalEvents", totals.equalEvents());
        line.put("withinTolerance", totals.tolerated());
        line.put("percentEqual", totals.percent());
        line.put("exitCode", totals.exitCode());
        line.put("summary", totals.sentence());
        print(line);
    }

    private static Map<String, Object> file(Verification verification, String status) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "file");
        line.put("name", verification.name());
        line.put("status", status);
        return line;
    }

    private void print(Map<String, Object> line) {
        out.println(mapper.writeValueAsString(line));
        out.flush();
    }
}
