/** How sure a paired comparison is: intervals, tests, effect sizes, power and the verdict in words. Knows numbers only. */
@NullMarked
package org.shadowmmu.lab.statistics;

import org.jspecify.annotations.NullMarked;
