/**
 * Experiment files: what is compared with what. Text becomes a tree with the line of every value, the tree becomes records,
 * and the records become a plan of trials; whatever is wrong is said in one sentence with file and line.
 */
@NullMarked
package org.shadowmmu.lab.experiment;

import org.jspecify.annotations.NullMarked;
