package org.shadowmmu.lab.store;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SQL over stored results. The lab has no database in it; an optional module provides this, found by {@code ServiceLoader}.
 * The results are only read.
 */
public interface ResultSql {
    /**
     * What can be queried.
     *
     * @param name its name in queries
     * @param row what a row of it is
     * @param columns its columns, in order
     */
    record View(String name, String row, List<Column> columns) {}

    /** A column and its SQL type. */
    record Column(String name, String type) {}

    /**
     * What a query gave.
     *
     * @param columns names of the columns; none if the statement gives no rows
     * @param rows the values, each null, a Boolean, a Number or a String
     */
    record Answer(List<String> columns, List<List<@Nullable Object>> rows) {}

    /** What can be queried, with the same names and types for every run. */
    List<View> views();

    /**
     * Answers a query.
     *
     * @throws org.shadowmmu.lab.BadInputException with the database's own sentence if it rejects the query
     */
    Answer query(StoredRun run, String sql);

    /**
     * Writes every view to a Parquet file, named after it, in a folder that is made if it is not there.
     *
     * @return the files, in the order of the views
     * @throws org.shadowmmu.lab.BadInputException if they cannot be written
     */
    List<Path> writeParquet(StoredRun run, Path directory);
}
