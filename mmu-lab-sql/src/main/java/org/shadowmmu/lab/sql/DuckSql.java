package org.shadowmmu.lab.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.ResultSql;
import org.shadowmmu.lab.store.StoredRun;

/** Results in a DuckDB that lives in memory: filled for a question, gone after it. */
public final class DuckSql implements ResultSql {
    /** Found by {@code ServiceLoader}. */
    public DuckSql() {}

    @Override
    public List<View> views() {
        return ResultTables.ALL.stream().map(ResultTable::view).toList();
    }

    @Override
    public Answer query(StoredRun run, String sql) {
        try (DuckDBConnection database = filled(run);
                Statement statement = database.createStatement()) {
            return answer(statement, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<Path> writeParquet(StoredRun run, Path directory) {
        List<Path> files = new ArrayList<>();
        try (DuckDBConnection database = filled(run);
                Statement statement = database.createStatement()) {
            Files.createDirectories(directory);
            for (View view : views()) {
                Path file = directory.resolve(view.name() + ".parquet");
                statement.execute(
                        "COPY " + view.name() + " TO '" + file.toString().replace("'", "''") + "' (FORMAT parquet)");
                files.add(file);
            }
        } catch (SQLException | IOException e) {
            throw new BadInputException(
                    "The Parquet files cannot be written to " + directory + ": " + e.getMessage(), e);
        }
        return files;
    }

    private static Answer answer(Statement statement, String sql) {
        try {
            if (!statement.execute(sql)) {
                return new Answer(List.of(), List.of());
            }
            try (ResultSet result = statement.getResultSet()) {
                return answer(result);
            }
        } catch (SQLException e) {
            throw new BadInputException(String.valueOf(e.getMessage()).strip(), e);
        }
    }

    private static Answer answer(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (result.next()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 1; i <= names.size(); i++) {
                Object value = result.getObject(i);
                row.add(
                        value == null || value instanceof Number || value instanceof Boolean
                                ? value
                                : value.toString());
            }
            rows.add(row);
        }
        return new Answer(names, rows);
    }

    /** A database with the results of a run in it. */
    private static DuckDBConnection filled(StoredRun run) throws SQLException {
        DuckDBConnection database = open();
        try (Statement statement = database.createStatement()) {
            for (ResultTable table : ResultTables.ALL) {
                statement.execute(table.create());
                fill(database, table, run);
            }
            return database;
        } catch (SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** In memory, with one thread so that files come out the same each time, and without fetching anything from a network. */
    private static DuckDBConnection open() {
        Properties settings = new Properties();
        settings.setProperty("threads", "1");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        try {
            Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", settings);
            return Objects.requireNonNull(connection).unwrap(DuckDBConnection.class);
        } catch (SQLException | LinkageError e) {
            throw new BadInputException("DuckDB cannot run on this machine: " + e.getMessage(), e);
        }
    }

    private static void fill(DuckDBConnection database, ResultTable table, StoredRun run) throws SQLException {
        try (DuckDBAppender appender = database.createAppender(table.view().name())) {
            Iterator<List<@Nullable Object>> rows = table.rows().apply(run).iterator();
            while (rows.hasNext()) {
                appender.beginRow();
                for (Object value : rows.next()) {
                    append(appender, value);
                }
                appender.endRow();
            }
        }
    }

    private static void append(DuckDBAppender appender, @Nullable Object value) throws SQLException {
        if (value == null) {
            appender.appendNull();
        } else if (value instanceof Long number) {
            appender.append(number.longValue());
        } else if (value instanceof Integer number) {
            appender.append(number.intValue());
        } else if (value instanceof Boolean flag) {
            appender.append(flag.booleanValue());
        } else {
            appender.append(value.toString());
        }
    }
}
