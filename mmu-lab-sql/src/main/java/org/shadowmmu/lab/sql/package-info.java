/** SQL and Parquet over stored results, through DuckDB; the lab finds it if it is on the class path. */
@NullMarked
package org.shadowmmu.lab.sql;

import org.jspecify.annotations.NullMarked;
