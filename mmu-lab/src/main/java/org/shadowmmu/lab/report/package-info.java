/** What people read: the comparison of the policies in words, as a table in the terminal and as one HTML file. */
@NullMarked
package org.shadowmmu.lab.report;

import org.jspecify.annotations.NullMarked;
