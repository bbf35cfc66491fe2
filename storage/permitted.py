"""What SQL of a principal session may be made of; ``storage.statements`` refuses the rest."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions that take values and give values. One that runs SQL, reads files or settings
# (query_to_xml, pg_read_file, load_extension …) must never come onto this list.
FUNCTIONS = _words("""
    count sum avg min max total
    abs round floor ceil ceiling mod power sqrt sign greatest least
    coalesce nullif ifnull
    lower upper length char_length trim ltrim rtrim replace substr substring concat instr
    strpos left right group_concat string_agg
    date time datetime julianday strftime date_trunc date_part to_char
    json_array_length jsonb_array_length json_extract
    row_number rank dense_rank percent_rank ntile lag lead first_value last_value
""")

# Kinds of elements that render nothing but what their own checked parts render.
KINDS = _words("""
    alias between_op_binary binary case cast char_length_func clauselist collation
    compound_select contains_op_binary cte element_list empty_set_expr empty_set_op_expr
    endswith_op_binary expression_clauselist false floordiv_binary frame_clause fromclause
    funcfilter grouping icontains_op_binary iendswith_op_binary ilike_case_insensitive_operand
    ilike_op_binary is_distinct_from_binary is_false_unary_operator is_not_distinct_from_binary
    is_true_unary_operator istartswith_op_binary join json_getitem_op_binary
    json_path_getitem_op_binary label label_reference lateral like_op_binary mod_binary
    not_between_op_binary not_contains_op_binary not_endswith_op_binary
    not_icontains_op_binary not_iendswith_op_binary not_ilike_op_binary not_in_op_binary
    not_istartswith_op_binary not_like_op_binary not_startswith_op_binary null order_by_list
    over postgresql_distinct_on select select_statement_grouping startswith_op_binary subquery
    substring_func textual_label_reference truediv_binary true tuple type_coerce withingroup
""")
