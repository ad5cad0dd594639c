package org.shadowmmu.lab.sql;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.ResultSql;
import org.shadowmmu.lab.store.StoredRun;

/**
 * A view of a run: its declaration and how its rows come about.
 *
 * @param view name and columns
 * @param rows the rows; each value is null, or an Integer, Long, Boolean or String as the type of its column says
 */
record ResultTable(ResultSql.View view, Function<StoredRun, Stream<List<@Nullable Object>>> rows) {
    /** The statement that makes the table. */
    String create() {
        return "CREATE TABLE " + view.name() + " ("
                + String.join(
                        ", ",
                        view.columns().stream()
                                .map(column -> column.name() + " " + column.type())
                                .toList())
                + ")";
    }
}
