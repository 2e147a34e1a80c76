/* A name and its value: a header, a parameter of a query. */
#ifndef VQ_PAIR_H
#define VQ_PAIR_H

struct vq_pair {
	const char *name, *value;
};

#endif
