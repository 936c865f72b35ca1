"""Trees that a library keeps: what it reads in one query, and what is a query for each node."""

from __future__ import annotations

from ..scenario import clean, fixed, problem
from ..store.models import Department, Page


@clean(why="treebeard reads all of a tree by its paths")
def treebeard_descendants():
    root = Page.objects.get(title="home")
    return [(page.title, page.get_depth()) for page in Page.objects.get_descendants(root)]


@clean(why="treebeard: a page's ancestors by its path, in one query")
def treebeard_ancestors():
    page = Page.objects.filter(title="leaf")[0]
    return [ancestor.title for ancestor in Page.objects.get_ancestors(page)], Page.objects.get_root(page).title


@clean(why="treebeard dumps a tree from one query")
def treebeard_dump():
    return Page.objects.dump_bulk()


@clean(why="mptt: the descendants between two numbers, in one query")
def mptt_descendants():
    root = Department.objects.get(title="all")
    return [(node.title, node.level) for node in root.get_descendants(include_self=True)]


@clean(why="mptt builds children from one queryset, and the walk asks nothing")
def mptt_cached_children():
    def walk(node):
        return [node.title, *(walk(child) for child in node.get_children())]

    return [walk(root) for root in Department.objects.all().get_cached_trees()]


@problem(
    "store.Page.objects.filter()",
    "get_descendants | __in= | dict",
    why="treebeard: the children of each node, level by level, is a query for each node",
)
def treebeard_children_of_each():
    def walk(page):
        return [page.title, *(walk(child) for child in Page.objects.get_children(page))]  # culprit

    return walk(Page.objects.get(title="home"))  # origin


@fixed(treebeard_children_of_each)
def treebeard_children_from_one_query():
    root = Page.objects.get(title="home")
    children: dict[str, list[Page]] = {}
    for page in Page.objects.get_descendants(root):
        children.setdefault(page.path[: -Page.steplen], []).append(page)

    def walk(page):
        return [page.title, *(walk(child) for child in children.get(page.path, ()))]

    return walk(root)
