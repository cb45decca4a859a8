"""Pages for officials: sign-in, queue, case and task."""
